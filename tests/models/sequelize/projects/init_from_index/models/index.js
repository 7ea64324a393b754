export { User } from './user.js';
export { default as Comment } from './comment.js';
