import 'reflect-metadata';
import { Sequelize } from 'sequelize-typescript';

import { User } from './models/User';
import { Article } from './models/Article';
import { Tag, ArticleTag } from './models/Tag';
export const sequelize = new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false, models: [User, Article, Tag, ArticleTag] });
