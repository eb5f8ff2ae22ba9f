const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `512 B`, `1.2 MB`, `340 GB`, in steps of 1024. */
export function bytesText(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), units.length - 1);
  const value = bytes / 1024 ** step;
  return `${value.toFixed(step === 0 || value >= 10 ? 0 : 1)} ${units[step]}`;
}
