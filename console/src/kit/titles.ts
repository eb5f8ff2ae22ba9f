/** A record's title beside its id: what the server calls it in one line begins with the id. */
export const withoutId = (title: string | null, id: string): string =>
  title === null ? '' : title.startsWith(`${id}: `) ? title.slice(id.length + 2) : title === id ? '' : title;

export const capitalized = (text: string): string =>
  text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
