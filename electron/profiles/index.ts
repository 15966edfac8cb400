export { createProfiles, type Profiles, type ProfileStorage } from './profiles.ts';
