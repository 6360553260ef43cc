/** How a node of a tree looks, as plain data: made without VS Code, compared to tell whether anything visible changed. */
export interface NodePresentation {
  /** Stable over refreshes, so that selection and expansion stay. */
  id: string;
  label: string;
  description?: string;
  /** A codicon's name and, if it has one, a theme colour's. */
  icon: string;
  color?: string;
  contextValue: string;
  /** What a screen reader says instead of label and description. */
  spoken: string;
}

/** Whether what a node is stayed the same: a person should see at once when it did not. */
export function isSameCondition(one: NodePresentation, other: NodePresentation): boolean {
  return (
    one.id === other.id &&
    one.label === other.label &&
    one.icon === other.icon &&
    one.color === other.color &&
    one.contextValue === other.contextValue
  );
}

/** Whether nothing at all changed, figures included. */
export function looksTheSame(one: NodePresentation, other: NodePresentation): boolean {
  return isSameCondition(one, other) && one.description === other.description && one.spoken === other.spoken;
}
