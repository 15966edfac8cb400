/** Runs this when what is in the document now has been drawn. Returns how to call it off. */
export function afterFrame(run: () => void): () => void {
  // Twice, as the first comes before the frame is drawn.
  let frame = requestAnimationFrame(() => {
    frame = requestAnimationFrame(run);
  });
  return () => cancelAnimationFrame(frame);
}
