export { asProfile, emptyDraft, type MytokenDraft, wishForCall, withProfile } from './draft.ts';
export { MytokenEditor } from './MytokenEditor.tsx';
export { problemWords } from './problem-words.ts';
export { ProfilePicker } from './ProfilePicker.tsx';
export { problemsAt, review } from './review.ts';
export { Summary } from './Summary.tsx';
export { useTemplates } from './use-templates.ts';
export { type DraftHistory, useDraft } from './use-draft.ts';
