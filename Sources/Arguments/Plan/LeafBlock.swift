import Algebra

/// An aligned block of leaves of the tree of fractions.
struct LeafBlock: Sendable {
  /// Where its numerators and denominators come from.
  enum Source: Sendable {
    /// The list of tables: claims of ids, inputs, outputs and multiplicities.
    case tables(ids: Int, inputs: Int, outputs: Int, multiplicities: Int)
    /// Lookups in one table on a domain.
    case lookups(table: Int, input: LinearForm, output: LinearForm?, domain: Indicator)
    /// The values among which every row has a zero; the id is `dead` outside the domain.
    case zeroValues(ZeroValues)
    /// The rows that look up their zero.
    case zeroRows(id: Int, domain: Indicator, row: [Coordinate])
  }

  /// The entries of a ZeroInRow.
  struct ZeroValues: Sendable {
    /// The ids inside and outside the domain.
    let id: Int, dead: Int
    /// The domain.
    let domain: Indicator
    /// The coordinates of the row index, least significant first.
    let row: [Coordinate]
    /// The values.
    let values: LinearForm
    /// The claim of the multiplicities.
    let multiplicities: Int
  }

  /// Which part of the statement it is.
  enum Origin: Sendable {
    /// The list of tables.
    case tables
    /// A lookup column by number.
    case lookup(Int)
    /// The values of a ZeroInRow by number.
    case zeroValues(Int)
    /// The rows of a ZeroInRow by number.
    case zeroRows(Int)
  }

  /// Which part of the statement it is.
  let origin: Origin
  /// The first leaf.
  let offset: Int
  /// The number of variables.
  let logSize: Int
  /// Numerators and denominators.
  let source: Source

  /// Arranges the leaves of a statement and claims what they read; returns them with the depth of the tree.
  static func arrange(_ statement: StepStatement, claims: inout ClaimList) -> (leaves: [LeafBlock], depth: Int) {
    var origins: [(origin: Origin, axes: [Axis])] = [(.tables, [statement.tables.entries])]
    for (number, lookup) in statement.lookups.enumerated() { origins.append((.lookup(number), lookup.input.axes)) }
    for (number, zero) in statement.zeros.enumerated() {
      origins.append((.zeroValues(number), zero.values.axes))
      origins.append((.zeroRows(number), zero.rows))
    }
    func logSize(_ axes: [Axis]) -> Int { IndexSpace(axes).logSize }
    let order = origins.indices.sorted { (-logSize(origins[$0].axes), $0) < (-logSize(origins[$1].axes), $1) }

    let entries = AxisPoints([statement.tables.entries], Coordinate.leaf)
    let columns = statement.tables.columns.map { claims.value(of: $0, at: entries) }
    let multiplicities = claims.value(of: statement.multiplicities, at: entries)

    var end = 0
    var leaves: [LeafBlock] = []
    for place in order {
      let (origin, axes) = origins[place]
      let points = AxisPoints(axes, Coordinate.leaf)
      let source: Source
      switch origin {
      case .tables:
        source = .tables(
          ids: columns[0], inputs: columns[1], outputs: columns[2], multiplicities: multiplicities)
      case .lookup(let number):
        let lookup = statement.lookups[number]
        let input = claims.form(of: lookup.input, at: points)
        source = .lookups(
          table: lookup.table, input: input, output: lookup.output.map { claims.form(of: $0, at: points) },
          domain: Indicator(lookup.domain, over: axes, at: points))
      case .zeroValues(let number):
        let zero = statement.zeros[number]
        source = .zeroValues(
          ZeroValues(
            id: statement.zeroID(number), dead: statement.deadID,
            domain: Indicator(zero.domain, over: axes, at: points), row: points.point(of: zero.rows),
            values: claims.form(of: zero.values, at: points),
            multiplicities: claims.value(of: zero.multiplicities, at: points)))
      case .zeroRows(let number):
        source = .zeroRows(
          id: statement.zeroID(number), domain: Indicator(.real, over: axes, at: points), row: points.point(of: axes))
      }
      leaves.append(LeafBlock(origin: origin, offset: end, logSize: logSize(axes), source: source))
      end += 1 << logSize(axes)
    }
    return (leaves, end <= 1 ? 0 : Int.bitWidth - (end - 1).leadingZeroBitCount)
  }
}

extension StepStatement {
  /// The id under which the zeros of a ZeroInRow are looked up.
  func zeroID(_ number: Int) -> Int { Int(tables.ids.max() ?? 0) + 1 + number }
  /// The id that nothing looks up.
  var deadID: Int { zeroID(zeros.count) }
}
