/** A program that waits to be paired. Nothing in it is proven but what `verified` says of the program behind it. */
export interface PairingView {
  /** What the program calls itself: plain text, unverified. */
  readonly label: string;
  /** The process that asked, as far as the system told; empty when it did not. */
  readonly program: string;
  readonly executable: string | null;
  readonly verified: boolean;
  readonly expiresAtMs: number;
}
