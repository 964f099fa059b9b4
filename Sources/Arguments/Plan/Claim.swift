import Algebra

/// One coordinate of a point, by where it comes from; its value exists once the transcript has reached that stage.
enum Coordinate: Hashable, Sendable {
  /// Of the leaf point of the lookup argument.
  case leaf(Int)
  /// Of the pool for relations and results: the power s^(2^i).
  case pool(Int)
  /// Of the point of the product sumcheck.
  case product(Int)
  /// Of rho, the point at which Q is opened.
  case opening(Int)
  /// None: the bit is summed over.
  case all
}

/// An aligned block of Q.
struct Block: Hashable, Sendable {
  /// The segment.
  let segment: Segment
  /// The first entry within the segment.
  let offset: Int
  /// The number of variables.
  let logSize: Int

  /// The block of a tensor.
  init(_ tensor: Tensor) {
    segment = tensor.segment
    offset = tensor.offset
    logSize = tensor.logSize
  }

  /// The first entry in Q.
  func start(in layout: BlockLayout) -> Int { layout.bases[segment.rawValue] + offset }
}

/// A linear functional of a block of Q whose value the prover sends: entry x weighs eq(point, x), times the special
/// weight of the bits the point leaves out.
struct Claim: Hashable, Sendable {
  /// The block.
  let block: Block
  /// One coordinate per variable, least significant bit first; `all` for bits summed over or weighted specially.
  let point: [Coordinate]
  /// The weight of bits that are no coordinate's.
  var special: SpecialWeight?
}

/// The weight of some axes of a block that is not an equality polynomial.
enum SpecialWeight: Hashable, Sendable {
  /// A rotation by public tables.
  case rotation(RotationWeight)
  /// The entries at selected indices.
  case selection(SelectionWeight)
}

/// What a rotated tensor's value at a point weighs the tensor's own entries with.
struct RotationWeight: Hashable, Sendable {
  /// The number of the table in the plan.
  let table: Int
  /// The coordinates of the rotated tensor's position, half and pair.
  let positions: [Coordinate], half: Coordinate, pairs: [Coordinate]
  /// The lowest bit of each axis in the block.
  let positionShift: Int, halfShift: Int, pairShift: Int
}

/// What a sum over rows of entries at selected indices weighs a tensor's entries with.
struct SelectionWeight: Hashable, Sendable {
  /// The selector's name.
  let selector: String
  /// The coordinates of the row.
  let rows: [Coordinate]
  /// The lowest bit of the rows axis in the block, if it has one.
  let rowShift: Int?
  /// The lowest bit of the selected axis in the block.
  let axisShift: Int
}

/// The value of an expression at a point: a combination of claims, plus a constant times a closed form.
struct LinearForm: Sendable {
  /// Claims by number, with factors.
  var terms: [(claim: Int, factor: ScalarField)] = []
  /// The constant.
  var constant = ScalarField.zero
  /// What the constant is multiplied by.
  var indicator = Indicator()
}

/// The multilinear extension of a domain's indicator at a point: a product of independent factors.
struct Indicator: Hashable, Sendable {
  /// The axes whose size is no power of two: [index < size].
  var prefixes: [Prefix] = []
  /// [key <= query], and [query < size] where the size is no power of two.
  var causal: Causal?
  /// Whether it is 1 everywhere.
  var isOne: Bool { prefixes.isEmpty && causal == nil }

  /// [index < size] at a point of the index.
  struct Prefix: Hashable, Sendable {
    let size: Int
    let point: [Coordinate]
  }

  /// [key <= query] at points of both, with a bound on the query unless it is nil.
  struct Causal: Hashable, Sendable {
    let query: [Coordinate]
    let key: [Coordinate]
    let size: Int?
  }
}

extension Axis {
  /// Whether there are padded indices.
  var isPadded: Bool { size != 1 << logSize }
}
