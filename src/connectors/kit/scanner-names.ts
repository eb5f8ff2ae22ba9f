/** The names by which people speak of the scanners that there are connectors for, as the source of a regular expression. */
export const spokenScannerNames = String.raw`(?:acas|nessus|tenable(?:[ .](?:io|sc|vm))?|security ?center)`;
