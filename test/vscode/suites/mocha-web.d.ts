// Mocha's browser build, which is a script that sets globals.
declare module 'mocha/mocha';
