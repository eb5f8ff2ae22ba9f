/** A button that, where it cannot be pressed, says why: to the eye on hover and to a screen reader. */
import { Button, type ButtonProps } from '@mantine/core';
import { useId } from 'react';
import type { ReactNode } from 'react';

export const ActButton = ({
  why,
  onPress,
  children,
  ...rest
}: ButtonProps & {
  /** Why it cannot be pressed now; undefined: it can. */
  readonly why?: string | undefined;
  readonly onPress: () => void;
  readonly children: ReactNode;
}) => {
  const id = useId();
  return (
    <>
      <Button
        {...rest}
        title={why}
        aria-disabled={why !== undefined}
        {...(why === undefined ? {} : { 'data-disabled': true })}
        aria-describedby={why === undefined ? undefined : id}
        onClick={() => {
          if (why === undefined) onPress();
        }}
      >
        {children}
      </Button>
      {why === undefined ? null : (
        <span id={id} className="hidden-text">
          {why}
        </span>
      )}
    </>
  );
};
