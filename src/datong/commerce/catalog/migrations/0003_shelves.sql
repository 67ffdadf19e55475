-- Goods of shops that are not open stand on no shelf.

delete from shelf s using product p, shop h
where h.state <> 'OPEN' and p.bkt = h.bkt and p.shop_id = h.shop_id and s.bkt = p.bkt and s.product_id = p.product_id;
