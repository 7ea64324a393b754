export { default as Team } from './Team';
export { default as Member } from './Member';
