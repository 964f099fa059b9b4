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

/// result[free, batch] = sum over the other axes of mask * left * right, as integers, for every index (padding included).
///
/// Axes are matched by name: those of `result` shared by both factors are batch axes, those of one factor are free, the
/// others are contracted. Contracted padding is always excluded by a closed-form indicator.
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
  /// `causal` multiplies the summand by [key <= query]; both axes must then be batch or contracted axes.
  package let mask: Domain

  /// A product.
  package init(
    _ name: String, result: Expression, selectorTerm: SelectorTerm? = nil, left: Expression, right: Expression,
    mask: Domain = .real
  ) {
    self.name = name
    self.result = result
    self.selectorTerm = selectorTerm
    self.left = left
    self.right = right
    self.mask = mask
  }
}

/// factor * [index of `axis` < selected index of the row], added to a product's result at every (row, index).
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

/// A linear functional of one tensor, taken at a random point of the axes named by the relation it stands in.
package enum Functional: Hashable, Sendable {
  /// The tensor's value at the random point; axes the relation lacks are refused.
  case value
  /// The sum over the named axis, padding included; the other axes at the random point.
  case sum(over: String)
  /// Rotary embedding: sum over `half` (2 indices) and the random point of the rest, of the rotation by public tables:
  /// out[0] = cos in[0] - sin in[1], out[1] = cos in[1] + sin in[0].
  case rotation(RotaryTable)
  /// The entry at the selected index of `axis` in each row: sum over rows of eq(point, row) tensor[selected(row), rest];
  /// the tensor may have the rows axis itself (then the row's own entry) or not.
  case selected(selector: String, rows: Axis, axis: Axis)
}

/// cos and sin of every (position, pair), fixed point; axes named as in the tensors they rotate.
package struct RotaryTable: Hashable, Sendable {
  /// The axis of positions.
  package let positions: Axis
  /// The axis of the two halves, of size 2.
  package let half: Axis
  /// The axis of channel pairs.
  package let pairs: Axis
  /// cos, row-major over (positions, pairs), real sizes.
  package let cosines: [Int32]
  /// sin, likewise.
  package let sines: [Int32]

  /// A table of rotations.
  package init(positions: Axis, half: Axis, pairs: Axis, cosines: [Int32], sines: [Int32]) {
    precondition(
      half.size == 2 && cosines.count == positions.size * pairs.size && sines.count == cosines.count,
      "one cosine and one sine per position and pair")
    self.positions = positions
    self.half = half
    self.pairs = pairs
    self.cosines = cosines
    self.sines = sines
  }
}

/// sum of factor * functional(tensor) + constant[domain] = 0 at every index of `axes`.
package struct LinearRelation: Hashable, Sendable {
  /// One summand.
  package struct Term: Hashable, Sendable {
    /// The tensor.
    package let tensor: Tensor
    /// The functional.
    package let functional: Functional
    /// The factor.
    package let factor: ScalarField

    /// A summand.
    package init(_ tensor: Tensor, _ functional: Functional = .value, times factor: ScalarField) {
      self.tensor = tensor
      self.functional = functional
      self.factor = factor
    }
  }
  /// A name for errors and tables.
  package let name: String
  /// The indices at which the relation holds.
  package let axes: [Axis]
  /// The summands.
  package let terms: [Term]
  /// A constant on a domain.
  package let constant: ScalarField
  /// Where the constant is added.
  package let constantDomain: Domain

  /// A relation.
  package init(
    _ name: String, over axes: [Axis], _ terms: [Term], constant: ScalarField = .zero,
    on constantDomain: Domain = .real
  ) {
    self.name = name
    self.axes = axes
    self.terms = terms
    self.constant = constant
    self.constantDomain = constantDomain
  }
}

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

/// The public list of (id, input, output) tuples, the same for every kind, padded with (0, 0, 0).
package struct LookupTables: Sendable, Hashable {
  /// Table ids, from 1; 0 in padding.
  package let ids: [Int32]
  /// Inputs.
  package let inputs: [Int32]
  /// Outputs, 0 for range tables.
  package let outputs: [Int32]
  /// The axis of entries; a power of two.
  package var entries: Axis { Axis("table entry", ids.count) }
  /// Where the three columns stand in the tables segment: ids at 0, inputs at one length, outputs at two.
  package var columns: [Tensor] {
    ["table ids", "table inputs", "table outputs"].enumerated().map {
      Tensor($1, [entries], in: .tables, at: $0 * ids.count)
    }
  }

  /// A list of tuples of a power-of-two length.
  package init(ids: [Int32], inputs: [Int32], outputs: [Int32]) {
    precondition(
      ids.count.nonzeroBitCount == 1 && inputs.count == ids.count && outputs.count == ids.count,
      "three columns of one power-of-two length")
    self.ids = ids
    self.inputs = inputs
    self.outputs = outputs
  }
}
