/** Says where the simulator listens, for whoever started it, and ends it at once when told to. */
export function announce(url: string): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
  process.stdout.write(`${JSON.stringify({ ready: true, url })}\n`);
}

/** Ends this process when its standard input closes, which the kernel does however its parent ended. */
export function endWithParent(): void {
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('close', () => process.exit(0));
  process.stdin.on('error', () => process.exit(0));
  process.stdin.resume();
}
