export type { Block, Cell, Column, Paper, Tone } from './blocks.ts';
export { printPaper } from './print-paper.ts';
