/** The first moment after the day. */
export const endOfDay = (day: string): Date => new Date(new Date(`${day}T00:00:00Z`).getTime() + 86_400_000);
