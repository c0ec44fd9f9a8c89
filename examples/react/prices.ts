// As `sheetwire types` writes it; by hand here.
export interface Price {
  readonly SKU: string | null;
  readonly Product: string | null;
  readonly Price: number | null;
}
