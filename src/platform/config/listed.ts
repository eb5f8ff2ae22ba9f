/** The parts of a setting that lists several, by commas, spaces or lines. */
export const listed = (text: string): string[] => text.split(/[,\s]+/).filter(Boolean);
