const focusable = 'a[href], button:not([disabled]), input:not([disabled]), [tabindex="0"]';

/** F6: the focus goes from one part of the page to the next. */
export function nextRegion(event: KeyboardEvent, by: 1 | -1): void {
  event.preventDefault();
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')];
  const current = regions.findLastIndex((region) => region.contains(document.activeElement));
  const next = regions.at((current + by + regions.length) % regions.length);
  (next?.querySelector<HTMLElement>(focusable) ?? next)?.focus();
}
