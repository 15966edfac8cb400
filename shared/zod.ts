import { z } from 'zod';

/**
 * zod would make a function from text of every schema, which costs a start more than it saves later, and which no window may do (CSP). It
 * looks here when a schema is made: so nobody imports it any other way.
 */
z.config({ jitless: true });

export { z };
