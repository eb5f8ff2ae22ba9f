/** A name as it is typed in a shell: in quotes where it has a space. Names of connections hold no quotes. */
export const shellWord = (name: string): string => (/^[\w.-]+$/.test(name) ? name : `"${name}"`);
