import Algebra

/// How one bit of an index counts in the weight of an entry.
enum IndexBit: Hashable, Sendable {
  /// By a coordinate c: 1 - c where the bit is 0 and c where it is 1; by 1 for `all`.
  case coordinate(Coordinate)
  /// Only entries whose index has this bit.
  case bit(Bool)
}

/// A functional of Q that weighs every entry by a product over the bits of its index.
///
/// Q is read in pages of 2^m entries: the low m bits, which say where in a page, are kept apart from the others, which say which page.
struct TensorFunctional: Sendable {
  /// The weights of the low bits, least significant first.
  let low: [IndexBit]
  /// The segment of the pages.
  let segment: Segment
  /// The pages that weigh anything, ascending.
  let pages: [Int]
  /// What they weigh.
  let weights: FieldBuffer

  /// The functional with these weights of all bits, times a factor.
  init(
    _ bits: [IndexBit], pageLog: Int, in segment: Segment, times factor: ScalarField,
    at value: (Coordinate) -> ScalarField?
  ) {
    low = Array(bits[..<pageLog])
    self.segment = segment
    var first = 0
    var places: [Int] = []
    var coordinates: [ScalarField?] = []
    for (place, bit) in bits[pageLog...].enumerated() {
      switch bit {
      case .bit(let isSet): first |= isSet ? 1 << place : 0
      case .coordinate(let coordinate):
        places.append(place)
        coordinates.append(value(coordinate))
      }
    }
    weights = FieldBuffer(weights: coordinates, scaledBy: factor)
    // The coordinates' bits, moved to their places.
    var pages = [first]
    pages.reserveCapacity(1 << places.count)
    for place in places { pages += pages.map { $0 | 1 << place } }
    self.pages = pages
  }
}

extension ProverState {
  /// The functionals that a claim consists of, times a factor: one, or one for every selected row; nil for a rotation, which is no
  /// product over bits.
  func functionals(of claim: Claim, pageLog: Int, times factor: ScalarField) -> [TensorFunctional]? {
    let start = claim.block.start(in: plan.layout)
    let outer = (claim.block.logSize..<plan.layout.logSize).map { IndexBit.bit(start >> $0 & 1 == 1) }
    func functional(_ bits: [IndexBit], _ factor: ScalarField) -> TensorFunctional {
      TensorFunctional(
        bits + outer, pageLog: pageLog, in: claim.block.segment, times: factor, at: { self[$0] })
    }
    switch claim.special {
    case .rotation: return nil
    case nil: return [functional(claim.point.map { .coordinate($0) }, factor)]
    case .selection(let selection):
      let rows = FieldBuffer(weights: self[selection.rows])
      return (selectors[selection.selector] ?? []).enumerated().map { row, selected in
        let index = selected << selection.axisShift | (selection.rowShift.map { row << $0 } ?? 0)
        let bits = claim.point.enumerated().map { place, coordinate in
          coordinate == .all ? IndexBit.bit(index >> place & 1 == 1) : .coordinate(coordinate)
        }
        return functional(bits, factor * rows[row])
      }
    }
  }

  /// The weights of low bits, one per bit, as `FieldBuffer.init(weights:)` takes them.
  func weights(of bits: [IndexBit]) -> [ScalarField?] {
    bits.map { bit in
      switch bit {
      case .coordinate(let coordinate): self[coordinate]
      case .bit(let isSet): isSet ? .one : .zero
      }
    }
  }
}
