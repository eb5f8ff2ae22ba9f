/** The sheet that is being printed: its frame, how far down it is filled, and where in the structure what comes next belongs. */
import PDFDocument from 'pdfkit';
import type { Paper } from './blocks.ts';
import {
  createTypeSetter,
  faces,
  fontFile,
  leading,
  type Measuring,
  type Style,
  type TypeSetter,
} from './type-setter.ts';

type Document = InstanceType<typeof PDFDocument>;
export type Element = ReturnType<Document['struct']>;
/** Of ISO 32000, table 333 and following. */
export type Tag =
  | 'Document'
  | 'H1'
  | 'H2'
  | 'H3'
  | 'P'
  | 'L'
  | 'LI'
  | 'Lbl'
  | 'LBody'
  | 'Table'
  | 'Caption'
  | 'THead'
  | 'TBody'
  | 'TR'
  | 'TH'
  | 'TD'
  | 'Figure';

export interface ElementOptions {
  readonly alt?: string;
  readonly title?: string;
  readonly scope?: 'Row' | 'Column';
  readonly bbox?: readonly number[];
}

export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Press {
  readonly document: Document;
  readonly letters: TypeSetter;
  readonly frame: Frame;
  readonly width: number;
  /** How far down the page is filled. */
  y: number;
  /** Begins a page where less than so much is left. @returns whether it did. */
  readonly room: (height: number) => boolean;
  readonly newPage: () => void;
  /** A part of the structure. @param under default: the document. */
  readonly element: (tag: Tag, options?: ElementOptions, under?: Element) => Element;
  /** Draws what belongs to an element. */
  readonly within: (element: Element, draw: () => void) => void;
  /** Draws what only looks: rules, shades, what repeats. */
  readonly artifact: (type: 'Layout' | 'Pagination', draw: () => void) => void;
  readonly write: (
    lines: readonly string[],
    at: {
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly align?: 'right' | 'center' | undefined;
    },
    style: Style,
  ) => void;
}

const letter = { portrait: [612, 792], landscape: [792, 612] } as const;
const margin = { side: 46, top: 52, bottom: 52 };

function open(paper: Paper): Document {
  const document = new PDFDocument({
    size: [...letter[paper.orientation]],
    margin: 0,
    bufferPages: true,
    autoFirstPage: false,
    tagged: true,
    displayTitle: true,
    lang: 'en-US',
    pdfVersion: '1.7',
    subset: 'PDF/UA' as 'PDF/A-2a', // pdfkit knows it, its types do not
    font: undefined as unknown as string, // else Helvetica is named in the file, which is not embedded
    info: {
      Title: paper.title,
      Subject: paper.subtitle,
      Author: paper.author,
      Creator: paper.author,
      Producer: paper.author,
      CreationDate: paper.at,
      ModDate: paper.at,
    },
  });
  for (const face of faces) document.registerFont(face, fontFile(face));
  return document;
}

/** A sheet in the size of US Letter. */
export function openPress(paper: Paper): Press {
  const document = open(paper);
  const [width, height] = letter[paper.orientation];
  const frame = {
    left: margin.side,
    right: width - margin.side,
    top: margin.top,
    bottom: height - margin.bottom,
  };
  const root = document.struct('Document');
  document.addStructure(root);
  const press: Press = {
    document,
    letters: createTypeSetter(document as unknown as Measuring), // its `_font` is private to its types
    frame,
    width: frame.right - frame.left,
    y: frame.top,
    newPage: () => {
      document.addPage();
      press.y = frame.top;
    },
    room: (needed) => {
      if (press.y + needed <= frame.bottom) return false;
      press.newPage();
      return true;
    },
    element: (tag, options = {}, under = root) => {
      const made = document.struct(tag, options);
      under.add(made);
      return made;
    },
    within: (element, draw) => {
      element.add(draw);
    },
    artifact: (type, draw) => {
      document.markContent('Artifact', { type });
      draw();
      document.endMarkedContent();
    },
    write: (lines, { x, y, width: most, align }, style) => {
      // Measuring sets the font to another size: it comes before the drawing.
      const free = lines.map((line) => (align === undefined ? 0 : most - press.letters.widthOf(line, style)));
      document.font(style.face, style.size).fillColor(style.color);
      for (const [index, line] of lines.entries()) {
        if (line === '') continue;
        // A space at the end keeps the words of two lines apart for who listens.
        const text = index < lines.length - 1 && align === undefined ? `${line} ` : line;
        const indent = (free[index] ?? 0) / (align === 'center' ? 2 : 1);
        document.text(text, x + indent, y + index * leading(style), { lineBreak: false });
      }
    },
  };
  press.newPage();
  return press;
}
