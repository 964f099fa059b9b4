package import Algebra

/// One index of a tensor, padded to a power of two.
package struct Axis: Hashable, Sendable, Codable {
  /// The name by which products match indices, for example "position".
  package let name: String
  /// The number of real indices, at least 1; indices from here to 2^logSize are padding.
  package let size: Int
  /// The number of variables of the index.
  package var logSize: Int { size <= 1 ? 0 : Int.bitWidth - (size - 1).leadingZeroBitCount }

  /// An axis of `size` real indices.
  package init(_ name: String, _ size: Int) {
    precondition(size >= 1, "an axis has at least one index")
    self.name = name
    self.size = size
  }
}

/// The part of Q a tensor lives in.
package enum Segment: Int, Hashable, Sendable, Codable, CaseIterable {
  /// The hidden state entering the step (X).
  case input
  /// The hidden state leaving it (Y).
  case output
  /// The weights (w), committed once per model.
  case weights
  /// Every other integer of the step (A).
  case values
  /// The public lookup tables (u Tab).
  case tables
}

/// A block of Q: an aligned power-of-two range of one segment, indexed by axes.
///
/// The entry at indices (i_1, ..., i_n), slowest axis first, is at `offset` + the row-major index with every axis
/// padded to 2^logSize. A point of the tensor's multilinear extension lists the coordinates of the LAST axis first,
/// each axis least significant bit first (the convention everywhere: coordinate i weights bit i).
package struct Tensor: Hashable, Sendable, Codable {
  /// A name unique within the step.
  package let name: String
  /// The axes, slowest first.
  package let axes: [Axis]
  /// The segment.
  package let segment: Segment
  /// The first entry within the segment, a multiple of 2^logSize.
  package let offset: Int
  /// The number of variables.
  package var logSize: Int { axes.reduce(0) { $0 + $1.logSize } }
  /// The number of entries, padding included.
  package var count: Int { 1 << logSize }

  /// The same entries with other names for some axes, for example keys read along "key" that were made along
  /// "position".
  package func renamed(_ names: [String: String]) -> Tensor {
    Tensor(name, axes.map { Axis(names[$0.name] ?? $0.name, $0.size) }, in: segment, at: offset)
  }

  /// A tensor at an aligned offset.
  package init(_ name: String, _ axes: [Axis], in segment: Segment, at offset: Int) {
    self.name = name
    self.axes = axes
    self.segment = segment
    self.offset = offset
    precondition(offset & ((1 << logSize) - 1) == 0, "a tensor is aligned to its size")
  }
}

/// A set of index tuples with a closed-form indicator polynomial.
package enum Domain: Hashable, Sendable, Codable {
  /// Every index, padding included.
  case everywhere
  /// Every axis below its real size.
  case real
  /// `real`, and key <= query for the two named axes.
  case causal(query: String, key: String)
}

/// A linear combination of tensors, each over a subset of `axes` (missing axes broadcast), plus a constant on a domain.
package struct Expression: Hashable, Sendable {
  /// One tensor and its integer factor.
  package struct Term: Hashable, Sendable {
    /// The tensor.
    package let tensor: Tensor
    /// Its factor.
    package let factor: ScalarField

    /// A tensor times a factor.
    package init(_ tensor: Tensor, times factor: ScalarField = .one) {
      self.tensor = tensor
      self.factor = factor
    }
  }
  /// The axes over which the expression is defined, slowest first.
  package let axes: [Axis]
  /// The tensors.
  package var terms: [Term]
  /// The constant added on `constantDomain`.
  package var constant: ScalarField
  /// Where the constant is added.
  package var constantDomain: Domain

  /// A tensor times a factor, over the tensor's own axes or over `axes`, which contain them.
  package init(_ tensor: Tensor, times factor: ScalarField = .one, over axes: [Axis]? = nil) {
    self.init(axes: axes ?? tensor.axes, terms: [Term(tensor, times: factor)])
  }

  /// The expression with one more term.
  package func adding(_ tensor: Tensor, times factor: ScalarField = .one) -> Expression {
    Expression(axes: axes, terms: terms + [Term(tensor, times: factor)], constant: constant, on: constantDomain)
  }

  /// An expression over `axes`.
  package init(axes: [Axis], terms: [Term] = [], constant: ScalarField = .zero, on constantDomain: Domain = .real) {
    self.axes = axes
    self.terms = terms
    self.constant = constant
    self.constantDomain = constantDomain
  }
}
