/** Values of word lists inside conditions: compared in any case, with spaces, hyphens and underlines alike. */
import { plainWord } from './shapes.ts';

/** A value of a word list, as a condition sees it. Each list has a class of its own, which the expression language takes for its type. */
export class Word {
  readonly word: string;
  /** Where it stands in its list; -1: the record has a word that the list does not know. */
  readonly rank: number;
  constructor(word: string, rank: number) {
    this.word = word;
    this.rank = rank;
  }
}

export interface WordList {
  readonly words: readonly string[];
  readonly make: (value: string) => Word;
  readonly ctor: new (word: string, rank: number) => Word;
}

export function wordList(words: readonly string[]): WordList {
  const plain = words.map(plainWord);
  const ctor = class extends Word {};
  return {
    words: plain,
    ctor,
    make: (value) => {
      const word = plainWord(value);
      return new ctor(word, plain.indexOf(word));
    },
  };
}
