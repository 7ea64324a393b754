import { col, fn, Op } from 'sequelize';
import { Member, Message, Room, Seat, sequelize } from './models/index';

const queries = {
  rooms: () => Room.findAll(),
  everything: () => Room.scope('everything').findAll(),
  unscoped: () => Room.unscoped().count(),
  topic: () => Room.scope({ method: ['topic', 'tea'] }).findAll(),
  topicDefault: () => Room.scope(['defaultScope', { method: ['topic', 'tea'] }]).findOne(),
  withMembers: () => Room.scope([{ method: ['withMembers', 'ann'] }]).findAll({ where: { topic: 'x' } }),
  recent: () => Room.scope('recent').findAll(),
  recentMore: () => Room.scope('recent').findAll({ limit: 3, include: ['messages'] }),
  staticMethod: () => Room.getInTopic('tea'),
  ownClass: () => Room.build({ id: 1, topic: 'x' }, { isNewRecord: false }).getSiblings(),
  inferredAlias: () => Message.findAll({ include: [Member] }),
  inferredAliasMany: () => Member.findAll({ include: [Message] }),
  defaultScopeIncluded: () => Message.findAll({ include: [{ model: Room }] }),
  unscopedIncluded: () => Message.findAll({ include: [{ model: Room.unscoped(), required: true }] }),
  throughIncluded: () => Member.findAll({ include: [{ model: Room, through: { where: { role: 'owner' } } }] }),
  throughLimited: () => Member.findAll({ include: [{ model: Room, where: { topic: 'x' } }], limit: 4 }),
  fieldWhere: () => Member.findOne({ where: { mail: 'a@b' } }),
  fieldOrder: () => Member.findAll({ attributes: ['mail'], order: [['mail', 'DESC']] }),
  json: () => Message.findAll({ where: { meta: { lang: 'en', size: { [Op.gt]: 3 } } } }),
  jsonOr: () => Message.findAll({ where: { [Op.or]: [{ 'meta.lang': 'en' }, { 'meta.lang': null }] } }),
  counted: () => Message.findAll({
    attributes: ['roomId', [fn('COUNT', col('Message.id')), 'total']],
    include: [{ model: Room, attributes: ['topic'] }],
    group: ['Message.roomId', 'room.id'],
  }),
  seats: () => Seat.findAll({ where: { memberId: 1, roomId: [1, 2] } }),
  seatUpdate: () => Seat.update({ role: 'guest' }, { where: { memberId: 1 } }),
  seatCreate: () => Seat.create({ memberId: 1, roomId: 2, role: 'x' }),
  seatDestroy: () => Seat.destroy({ where: { roomId: 2 } }),
  messageDestroy: () => Message.destroy({ where: { roomId: 2 } }),
  messageCreate: () => Message.create({ text: 'hi', memberId: null, roomId: null }),
  roomCreate: () => Room.create({ topic: 'new', archived: false }),
  foundOrMade: () => Room.findOrCreate({ where: { topic: 'zz' }, defaults: { archived: false } }),
};

export { queries, sequelize };
