/** Mantine's button as a link of the router. A polymorphic component loses its props in `createLink`: hence the wrapper. */
import { Button, type ButtonProps } from '@mantine/core';
import { createLink, type LinkComponent } from '@tanstack/react-router';

type Anchor = React.ComponentPropsWithRef<'a'>;

const AnchorButton = (props: Omit<ButtonProps, 'component'> & Omit<Anchor, keyof ButtonProps>) => (
  <Button component="a" {...props} />
);
export const ButtonLink: LinkComponent<typeof AnchorButton> = createLink(AnchorButton);
