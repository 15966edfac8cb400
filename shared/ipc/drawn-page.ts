/** A page's first frame, made where it is asked for: it can be seen before the page's own scripts have been loaded. */
export interface DrawnPage {
  /** Of what it shows. */
  readonly id: string;
  readonly html: string;
  /** Made from the app's own styles alone. */
  readonly css: string;
}
