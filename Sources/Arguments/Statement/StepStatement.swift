/// Everything the step argument proves of one kind of step.
package struct StepStatement: Sendable {
  /// Lookup columns.
  package var lookups: [Lookup] = []
  /// Zero-in-row requirements.
  package var zeros: [ZeroInRow] = []
  /// Tensor products.
  package var products: [Product] = []
  /// Linear relations.
  package var relations: [LinearRelation] = []
  /// Names of the lists of selected indices with the axis of their rows and the axis they select from; their bits come
  /// from the step's own R1CS part, which checks them against the axis's size.
  package var selectors: [String: Selector] = [:]
  /// How often each table entry is looked up by this step: a tensor of the values segment over the axis of table
  /// entries.
  package var multiplicities: Tensor
  /// The public tables.
  package var tables: LookupTables

  /// A statement over the public tables.
  package init(tables: LookupTables, multiplicities: Tensor) {
    self.tables = tables
    self.multiplicities = multiplicities
  }
}

/// One selected index per row.
package struct Selector: Hashable, Sendable {
  /// The axis of rows.
  package let rows: Axis
  /// The axis selected from.
  package let axis: Axis

  /// A list of selected indices.
  package init(rows: Axis, axis: Axis) {
    self.rows = rows
    self.axis = axis
  }
}
