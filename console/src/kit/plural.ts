/** A count with its word, as `1 day`, `1,200 days`. @param many where it is not the word with an s. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
