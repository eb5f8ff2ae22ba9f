/** A sentence with commands in backticks, as the server says it: each command in the type of commands. */
export const Commands = ({ in: sentence }: { readonly in: string }) =>
  sentence.split('`').map((part, n) => (n % 2 === 0 ? part : <code key={`${n} ${part}`}>{part}</code>));
