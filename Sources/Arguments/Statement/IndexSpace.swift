/// The padded row-major indices over a list of axes, slowest first.
///
/// Every axis takes 2^logSize indices, so an axis's index is a bit field of the flat one and a tensor over a subset of
/// the axes is read by moving bit fields.
package struct IndexSpace: Sendable {
  /// Where the bits of an axis stand in a flat index.
  package struct Field: Sendable {
    /// The axis.
    package let axis: Axis
    /// The lowest bit.
    package let shift: Int
  }
  /// The axes with their places, slowest first.
  package let fields: [Field]
  /// The number of variables.
  package let logSize: Int
  /// The number of flat indices, padding included.
  package var count: Int { 1 << logSize }

  /// The indices over `axes`.
  package init(_ axes: [Axis]) {
    var fields: [Field] = []
    var shift = 0
    for axis in axes.reversed() {
      fields.append(Field(axis: axis, shift: shift))
      shift += axis.logSize
    }
    self.fields = fields.reversed()
    self.logSize = shift
  }

  /// The place of the named axis, if it is one of these.
  package func field(named name: String) -> Field? { fields.first { $0.axis.name == name } }

  /// The index along each axis, slowest first.
  package func indices(_ flat: Int) -> [Int] { fields.map { $0.index(in: flat) } }

  /// Whether a flat index lies in a domain over these axes.
  package func contains(_ flat: Int, _ domain: Domain) -> Bool {
    switch domain {
    case .everywhere: return true
    case .real: return isReal(flat)
    case .causal(let query, let key):
      guard let query = field(named: query), let key = field(named: key) else { return false }
      return isReal(flat) && key.index(in: flat) <= query.index(in: flat)
    }
  }

  /// Whether every axis is below its real size.
  package func isReal(_ flat: Int) -> Bool { fields.allSatisfy { $0.index(in: flat) < $0.axis.size } }

  /// How flat indices of this space move to flat indices over a subset of its axes.
  package func projection(to axes: [Axis]) -> Projection {
    let target = IndexSpace(axes)
    var moves: [Projection.Move] = []
    for field in target.fields where field.axis.logSize > 0 {
      guard let source = self.field(named: field.axis.name) else { continue }
      let mask = (1 << field.axis.logSize) - 1
      let width = field.axis.logSize
      if let last = moves.last, last.from == source.shift + width, last.to == field.shift + width {
        moves[moves.count - 1] = Projection.Move(from: source.shift, mask: last.mask << width | mask, to: field.shift)
      } else {
        moves.append(Projection.Move(from: source.shift, mask: mask, to: field.shift))
      }
    }
    return Projection(moves: moves)
  }
}

extension IndexSpace.Field {
  /// The index along this axis.
  package func index(in flat: Int) -> Int { flat >> shift & ((1 << axis.logSize) - 1) }
}

/// A map of flat indices that moves bit fields and forgets the others.
package struct Projection: Sendable {
  /// One bit field.
  package struct Move: Sendable {
    /// Its lowest bit before.
    package let from: Int
    /// As many ones as it has bits.
    package let mask: Int
    /// Its lowest bit after.
    package let to: Int
  }
  /// The fields kept.
  package let moves: [Move]

  /// The image of a flat index.
  package func callAsFunction(_ flat: Int) -> Int {
    var image = 0
    for move in moves { image |= (flat >> move.from & move.mask) << move.to }
    return image
  }
}
