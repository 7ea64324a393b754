import { Op, fn, col, literal } from 'sequelize';
import { sequelize, Customer, Order, Product, Item, Profile } from './models.js';

const NEWEST = [['createdAt', 'DESC']];

function filtered({ tier, name }) {
  const where = {};
  if (tier) where.tier = tier;
  if (name) where.fullName = { [Op.substring]: name };
  return where;
}

const searches = { getOrders: search };

async function search({ customer, minimum, product }, page) {
  const include = [];
  const where = { status: ['open', 'sent'] };
  if (customer) include.push({ model: Customer, where: { email: customer } });
  if (product) include.push({ model: Product, where: { sku: product }, through: { attributes: [] } });
  if (minimum) where.totalCents = { [Op.gte]: minimum };
  return Order.unscoped().findAll({ where, include, order: NEWEST, limit: page });
}

const queries = {
  all: () => Customer.findAll(),
  byUnderscored: () => Customer.findAll({ where: { fullName: 'x' } }),
  orderedUnderscored: () => Customer.findAll({ order: [['fullName', 'ASC'], ['createdAt', 'DESC']] }),
  withConstantOrder: () => Customer.findAll({ order: NEWEST }),
  defaultScope: () => Order.findAll(),
  defaultScopeWhere: () => Order.findAll({ where: { note: 'x' } }),
  defaultScopeOverridden: () => Order.findAll({ where: { status: 'sent' } }),
  unscoped: () => Order.unscoped().findAll(),
  scopedAll: () => Order.scope('all').findAll(),
  scopedLarge: () => Order.scope('large').findAll({ where: { note: 'x' } }),
  scopedBoth: () => Order.scope(['defaultScope', 'large']).count(),
  scopedNamed: () => Customer.scope({ method: ['named', 'ann'] }).findOne(),
  scopedSeveral: () => Customer.scope('paid', { method: ['named', 'ann'] }).findAll(),
  scopedInclude: () => Customer.scope('withOrders').findAll({ where: { tier: 'paid' } }),
  scopedObject: () => Customer.scope({ where: { tier: 'free' } }).findAll(),
  scopedUpdate: () => Customer.scope('paid').update({ fullName: 'y' }, { where: { id: 1 } }),
  scopedDestroy: () => Customer.scope('paid').destroy({ where: { email: 'x' } }),
  includedDefaultScope: () => Customer.findAll({ include: Order }),
  includedScoped: () => Customer.findAll({ include: [{ model: Order.scope('large') }] }),
  includedUnscoped: () => Customer.findAll({ include: [{ model: Order.unscoped() }] }),
  includedModel: () => Order.findAll({ include: [Customer] }),
  includedOne: () => Customer.findAll({ include: [Profile] }),
  includedOneWhere: () => Customer.findAll({ include: [{ model: Profile, where: { phone: null } }], limit: 3 }),
  includedInverse: () => Profile.findAll({ include: [{ model: Customer, attributes: ['fullName'], include: [Order] }] }),
  includedThrough: () => Order.findAll({ include: [Product] }),
  includedThroughColumns: () => Order.findByPk(1, { include: [{ model: Product, attributes: ['title', 'priceCents'], through: { attributes: ['quantity'] } }] }),
  includedJunction: () => Item.findAll({ include: [{ model: Order }, { model: Product, required: true }] }),
  includedLimited: () => Customer.findAll({ include: [{ model: Order, required: true }], limit: 5, order: [['fullName', 'ASC']] }),
  includedDeepLimited: () => Customer.findAll({ include: [{ model: Order, include: [{ model: Item, include: [Product] }] }], limit: 5 }),
  includedThroughLimited: () => Product.findAll({ include: [{ model: Order, where: { note: 'x' } }], limit: 5 }),
  keyOfText: () => Product.findByPk('a-1'),
  keyedOne: () => Product.findOne({ where: { sku: 'a-1' } }),
  compositeOne: () => Item.findOne({ where: { orderId: 1, productSku: 'a' } }),
  renamedCondition: () => Product.findAll({ where: { priceCents: { [Op.between]: [1, 5] } }, order: [['priceCents', 'DESC']] }),
  renamedGroup: () => Order.unscoped().findAll({ attributes: ['customerId', [fn('SUM', col('total_cents')), 'sum']], group: ['customer_id'] }),
  nested: () => Order.findAll({ include: [Customer], where: { '$customer.full_name$': 'ann' } }),
  totalOfRenamed: () => Product.sum('priceCents', { where: { title: { [Op.not]: null } } }),
  countIncluded: () => Order.count({ include: [{ model: Customer, required: true }] }),
  countThrough: () => Order.count({ include: [Product], distinct: true }),
  maximum: () => Order.max('totalCents'),
  inherited: () => Customer.getPage({ where: { tier: 'free' } }, 2),
  inheritedIds: () => Product.getByIds(['a']),
  inheritedFirst: () => Order.getFirst({ note: 'x' }),
  built: () => Customer.findAll({ where: filtered({ tier: 'free', name: 'x' }) }),
  searched: async () => searches.getOrders({ customer: 'a', minimum: 3, product: 'p' }, 10),
  rowsAndCount: () => Order.findAndCountAll({ include: [{ model: Customer, where: { tier: 'paid' } }], limit: 5, offset: 5 }),
  rowsAndCountMany: () => Customer.findAndCountAll({ include: [{ model: Order }], limit: 5 }),
  create: () => Customer.create({ fullName: 'x', email: 'y' }),
  createDefaults: () => Order.create({ totalCents: 5 }),
  createOne: () => Profile.create({ phone: '1', customerId: null }),
  createMany: () => Product.bulkCreate([{ sku: 'b', title: 'B', priceCents: 1 }, { sku: 'c', title: 'C' }], { updateOnDuplicate: ['title', 'priceCents'] }),
  upsertKey: () => Product.upsert({ sku: 'z', title: 'Z', priceCents: 3 }),
  upsertUnique: () => Customer.upsert({ email: 'q', fullName: 'Q' }),
  updateField: () => Product.update({ priceCents: 4 }, { where: { sku: 'b' } }),
  updateDefaultScope: () => Order.update({ note: 'n' }, { where: { id: 1 } }),
  updateNested: () => Order.unscoped().update({ status: 'sent' }, { where: { [Op.or]: [{ note: null }, { totalCents: { [Op.lt]: 5 } }] } }),
  destroySoft: () => Order.destroy({ where: { customerId: 3 } }),
  destroyForce: () => Order.unscoped().destroy({ where: { customerId: 3 }, force: true }),
  destroyComposite: () => Item.destroy({ where: { orderId: 1, productSku: ['a', 'b'] } }),
  incrementField: () => Product.increment('priceCents', { by: 5, where: { sku: 'b' } }),
  restore: () => Order.restore({ where: { customerId: 3 } }),
  literalOrder: () => Customer.findAll({ order: [[literal('(SELECT COUNT(*) FROM orders WHERE orders.customer_id = customer.id)'), 'DESC']] }),
  existing: () => Customer.findAll({ where: literal('EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = customer.id)') }),
  idsOf: () => Order.findAll({ where: { customerId: { [Op.in]: literal("(SELECT id FROM customers WHERE tier = 'paid')") } } }),
};

export { sequelize, queries };
