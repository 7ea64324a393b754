import { BelongsTo, BelongsToMany, Column, DataType, ForeignKey, Model, Table } from 'sequelize-typescript';
import { User } from './User';
import { ArticleTag, Tag } from './Tag';
@Table
export class Article extends Model<Article> {
  @Column(DataType.TEXT) declare title: string;
  @ForeignKey(() => User) @Column(DataType.BIGINT) declare authorId: number;
  @BelongsTo(() => User) declare author: User;
  @BelongsTo(() => User, { foreignKey: 'editorId', constraints: false }) declare editor: User;
  @BelongsToMany(() => Tag, () => ArticleTag) declare tags: Tag[];
  @BelongsToMany(() => User, 'favorites', 'articleId', 'userId') declare fans: User[];
}
