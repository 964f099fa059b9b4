package import Algebra

/// One lookup per index of a domain: the tuple (table, input, output) is in the list of tables.
package struct Lookup: Hashable, Sendable {
  /// The table's id, from 1.
  package let table: Int
  /// The looked-up input.
  package let input: Expression
  /// The output, absent (0) for range tables.
  package let output: Expression?
  /// The indices at which the lookup is made; elsewhere nothing is required.
  package let domain: Domain

  /// A lookup column.
  package init(table: Int, input: Expression, output: Expression? = nil, on domain: Domain = .real) {
    self.table = table
    self.input = input
    self.output = output
    self.domain = domain
  }
}

/// For every index of `rows`, some entry of `values` in that row (within the domain) is zero.
///
/// Proved inside the same LogUp sum: the row looks up (id, row index, 0) in the list of (id, row index, value) with the
/// committed `multiplicities`; entries outside the domain carry a dead id.
package struct ZeroInRow: Hashable, Sendable {
  /// The leading axes of `values`.
  package let rows: [Axis]
  /// The values, over `rows` followed by further axes.
  package let values: Expression
  /// How often each value serves as its row's zero; same axes as `values`; any field element is sound.
  package let multiplicities: Tensor
  /// The entries allowed to serve.
  package let domain: Domain

  /// A zero-in-row requirement.
  package init(rows: [Axis], values: Expression, multiplicities: Tensor, on domain: Domain) {
    self.rows = rows
    self.values = values
    self.multiplicities = multiplicities
    self.domain = domain
  }
}

/// result[free, batch] = scale * sum over the other axes of mask * left * right, for every index, padding included.
///
/// Axes are matched by name: those of `result` shared by both factors are batch axes, those of one factor are free, the
/// others are contracted and stand in both factors. Contracted padding is always excluded by a closed-form indicator;
/// batch and free padding is not.
package struct Product: Hashable, Sendable {
  /// A name for errors and tables.
  package let name: String
  /// The result.
  package let result: Expression
  /// A part of the result that R1CS computes from selected tokens, if any (see `SelectorTerm`).
  package let selectorTerm: SelectorTerm?
  /// The left factor.
  package let left: Expression
  /// The right factor.
  package let right: Expression
  /// `causal` multiplies the summand by [key <= query], padding included; both axes must then be batch or contracted
  /// axes of one size (a factor that lacks one reads a tensor broadcast over it). `real` and `everywhere` multiply
  /// by 1.
  package let mask: Domain
  /// A tensor without axes whose one entry multiplies the sum; 1 if there is none.
  package let scale: Tensor?

  /// A product.
  package init(
    _ name: String, result: Expression, selectorTerm: SelectorTerm? = nil, left: Expression, right: Expression,
    mask: Domain = .real, scale: Tensor? = nil
  ) {
    self.name = name
    self.result = result
    self.selectorTerm = selectorTerm
    self.left = left
    self.right = right
    self.mask = mask
    self.scale = scale
  }
}

/// factor * [index of `axis` < selected index of the row], added to a product's result at every (real row, index).
package struct SelectorTerm: Hashable, Sendable {
  /// Which list of selected indices, one per row (see `StepStatement.selectors`).
  package let selector: String
  /// The axis of the rows.
  package let rows: Axis
  /// The axis compared with the selected index.
  package let axis: Axis
  /// The factor.
  package let factor: ScalarField

  /// A comparison with a selected index.
  package init(selector: String, rows: Axis, axis: Axis, factor: ScalarField) {
    self.selector = selector
    self.rows = rows
    self.axis = axis
    self.factor = factor
  }
}
