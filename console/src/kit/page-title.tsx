import { useEffect } from 'react';

/** The title of a page: its h1, the browser's title, and where the focus goes when the page is opened. */
export const PageTitle = ({ title }: { readonly title: string }) => {
  useEffect(() => {
    document.title = `${title} · Tieline`;
  }, [title]);
  return <h1 tabIndex={-1}>{title}</h1>;
};
