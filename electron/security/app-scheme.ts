/** The one scheme windows are loaded from. */
export const appScheme = 'app';
