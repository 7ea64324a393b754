import 'reflect-metadata';
import { Op } from 'sequelize';
import {
  BelongsTo, BelongsToMany, Column, CreatedAt, DataType, DefaultScope, ForeignKey, HasMany, Model, Scopes, Sequelize, Table,
} from 'sequelize-typescript';

@Table({ tableName: 'members', timestamps: false })
export class Member extends Model {
  @Column(DataType.STRING) declare handle: string;
  @Column({ type: DataType.STRING, field: 'mail_address' }) declare mail: string;
  @HasMany(() => Message) declare messages: Message[];
  @BelongsToMany(() => Room, () => Seat) declare rooms: Room[];
}

@DefaultScope(() => ({ where: { archived: false } }))
@Scopes(() => ({
  everything: {},
  topic: (topic: string) => ({ where: { topic } }),
  withMembers: (handle: string) => ({ include: [{ association: 'members', where: { handle }, required: false }] }),
  recent: { order: [['openedAt', 'DESC']], limit: 20 },
}))
@Table({ tableName: 'rooms', updatedAt: false })
export class Room extends Model {
  @Column(DataType.STRING) declare topic: string;
  @Column(DataType.BOOLEAN) declare archived: boolean;
  @CreatedAt @Column({ field: 'opened_at', type: DataType.DATE }) declare openedAt: Date;
  @BelongsToMany(() => Member, () => Seat) declare members: Member[];
  @HasMany(() => Message) declare messages: Message[];

  static getInTopic(topic: string) {
    return this.scope({ method: ['topic', topic] }).findAll({ order: [['id', 'ASC']] });
  }

  async getSiblings() {
    return (this.constructor as typeof Room).findAll({ where: { topic: this.topic, id: { [Op.ne]: this.id } } });
  }
}

@Table({ tableName: 'seats', timestamps: false })
export class Seat extends Model {
  @ForeignKey(() => Member) @Column({ field: 'member_id', type: DataType.INTEGER }) declare memberId: number;
  @ForeignKey(() => Room) @Column({ field: 'room_id', type: DataType.INTEGER }) declare roomId: number;
  @Column(DataType.STRING) declare role: string;
}

@Table({ tableName: 'messages', paranoid: true })
export class Message extends Model {
  @Column(DataType.TEXT) declare text: string;
  @Column(DataType.JSON) declare meta: object;
  @ForeignKey(() => Member) @Column(DataType.INTEGER) declare memberId: number;
  @ForeignKey(() => Room) @Column(DataType.INTEGER) declare roomId: number;
  @BelongsTo(() => Member) declare member: Member;
  @BelongsTo(() => Room) declare room: Room;
}

export const sequelize = new Sequelize({ dialect: 'sqlite', logging: false, models: [Member, Room, Seat, Message] });
