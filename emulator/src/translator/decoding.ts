// What reads instructions: it needs the whole instruction table, and a run whose records were kept does without. `gobuf run` therefore loads it
// as a bundle of its own when one of these is first called; where the table is needed anyway it is what it says (scripts/build.mjs).
// Must stay true: only functions are exported; what runs code imports them from here, not from where they are.
export { decode, decodeFailure } from '../x86/decoder';
export { tailOf } from '../x86/shape';
export { whatIsMissing } from '../semantics/not-executable';
