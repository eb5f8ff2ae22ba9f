import IconCopy from '@tabler/icons-react/dist/esm/icons/IconCopy.mjs';
import { ActionIcon } from '@mantine/core';
import { tell } from './notice.tsx';

export const CopyButton = ({ text, what }: { readonly text: string; readonly what: string }) => (
  <ActionIcon
    aria-label={`Copy ${what}`}
    title={`Copy ${what}`}
    size={24}
    onClick={() => void navigator.clipboard.writeText(text).then(() => tell(`Copied: ${what}`))}
  >
    <IconCopy size={14} />
  </ActionIcon>
);
