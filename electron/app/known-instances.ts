/** Public mytoken servers offered when adding an account; users add their own beside them. */
export const knownInstances: readonly { readonly url: string; readonly name: string }[] = [
  { url: 'https://mytoken.data.kit.edu', name: 'KIT' },
];
