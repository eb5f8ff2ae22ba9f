/** A name of a file as a header may bear it. */
export const headerName = (name: string): string => name.replaceAll(/[^\w.() -]/g, '_');
