DROP TABLE supply_order_lines;
DROP TABLE supply_orders;
DROP FUNCTION supply_order_lines_change, supply_order_step;
DROP SEQUENCE supply_order_number;
ALTER TABLE contracts DROP COLUMN supply_kinds;
DROP TABLE supply_models;
DROP TABLE supplies;
