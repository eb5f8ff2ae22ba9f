/** What an own metric is broken down by beside the boundary. @param levels as they are kept, `organization, boundary, severity`. */
export const breakdownOf = ({ levels }: { readonly levels: string }): ('severity' | 'band')[] =>
  (['severity', 'band'] as const).filter((each) => levels.split(', ').includes(each));
