-- The date until which dues are paid is a clock: swept, and watched by those who look after clocks.
create index shop_dues on shop (dues_by) where state = 'AWAIT_PAYMENT';
