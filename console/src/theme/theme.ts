/** Mantine in our colours. Its variables point at tokens.css, so that light, dark and print are said in one place. */
import {
  type CSSVariablesResolver,
  createTheme,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
} from '@mantine/core';

const blue: MantineColorsTuple = [
  '#e3f0fb',
  '#c9e2f8',
  '#a5d0ff',
  '#8ec7ff',
  '#74b8ff',
  '#3f8fdc',
  '#2471b0',
  '#1257a8',
  '#0d488d',
  '#0b3a72',
];

export const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'IBM Plex Mono', ui-monospace, monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '15px', xl: '18px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '20px', xl: '24px' },
  spacing: { xs: '4px', sm: '8px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '2px', sm: '4px', md: '4px', lg: '4px', xl: '4px' },
  defaultRadius: 'sm',
  colors: { blue },
  primaryColor: 'blue',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  cursorType: 'pointer',
  respectReducedMotion: true,
  // By name and not by `Button.extend`, which would load each of them with the first page.
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', size: 28, color: 'gray' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Menu: { defaultProps: { transitionProps: { duration: 0 }, shadow: 'none' } },
    Popover: { defaultProps: { transitionProps: { duration: 0 }, shadow: 'none' } },
    Modal: { defaultProps: { transitionProps: { duration: 120 }, centered: true } },
    Tooltip: {
      defaultProps: {
        openDelay: 300,
        multiline: true,
        maw: 320,
        events: { hover: true, focus: true, touch: true },
      },
    },
  },
});

const pointed = {
  '--mantine-color-body': 'var(--page)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-2)',
  '--mantine-color-placeholder': 'var(--text-2)',
  '--mantine-color-anchor': 'var(--link)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-default': 'var(--page)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line-control)',
  '--mantine-color-gray-light-hover': 'var(--hover)',
  '--mantine-color-gray-light-color': 'var(--text)',
  '--mantine-color-gray-outline': 'var(--text)',
};
export const variables: CSSVariablesResolver = () => ({ variables: {}, light: pointed, dark: pointed });
export const colourScheme = localStorageColorSchemeManager({ key: 'tieline-colour-scheme' });
