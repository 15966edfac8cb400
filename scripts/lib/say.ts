/** Progress and notices go to stderr: stdout belongs to the result of a command. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** An error whose message is complete for the reader: what is wrong and what to do next. No stack is printed for it. */
export class AdviceError extends Error {
  override readonly name = 'AdviceError';
}

/** Runs a script's main function; its result is the exit code. */
export async function runScript(main: (args: readonly string[]) => Promise<number>): Promise<void> {
  let code = 1;
  try {
    code = await main(process.argv.slice(2));
  } catch (error) {
    say(
      error instanceof AdviceError
        ? error.message
        : error instanceof Error
          ? String(error.stack)
          : String(error),
    );
  }
  process.exitCode = code;
  // Libraries set the exit code in handlers of their own (electron-builder does, to 0): ours is the last word.
  process.on('exit', () => {
    process.exitCode = code;
  });
}
