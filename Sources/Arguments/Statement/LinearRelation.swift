package import Algebra

/// A linear functional of one tensor, taken at a random point of the axes named by the relation it stands in.
package enum Functional: Hashable, Sendable {
  /// The tensor's value at the random point; axes the relation lacks are refused.
  case value
  /// The sum over the named axis, padding included; the other axes at the random point.
  case sum(over: String)
  /// Rotary embedding: sum over `half` (2 indices) and the random point of the rest, of the rotation by public tables:
  /// out[0] = cos in[0] - sin in[1], out[1] = cos in[1] + sin in[0]; padded positions and pairs read 0.
  case rotation(RotaryTable)
  /// The entry at the selected index of `axis` in each real row: sum over rows of eq(point, row) tensor[selected(row),
  /// rest]; the tensor may have the rows axis itself (then the row's own entry) or not. Padded rows read 0.
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
