import Algebra

/// The coordinates of every axis by name, least significant bit first.
typealias AxisPoints = [String: [Coordinate]]

/// Claims in the order in which their messages are sent, each once within a stage.
struct ClaimList {
  private(set) var claims: [Claim] = []
  private var numbers: [Claim: Int] = [:]
  private(set) var rotaryTables: [RotaryTable] = []

  /// Ends a stage: what follows is sent again even if it was claimed before. Returns where the stage ended.
  mutating func endStage() -> Int {
    numbers = [:]
    return claims.count
  }

  /// The number of a claim, new or not.
  mutating func number(of claim: Claim) -> Int {
    if let number = numbers[claim] { return number }
    claims.append(claim)
    numbers[claim] = claims.count - 1
    return claims.count - 1
  }

  /// The number of the claim of a tensor's value at a point.
  mutating func value(of tensor: Tensor, at points: AxisPoints) -> Int {
    number(of: Claim(block: Block(tensor), point: points.point(of: tensor.axes)))
  }

  /// The form of an expression at a point.
  mutating func form(of expression: Expression, at points: AxisPoints) -> LinearForm {
    var form = LinearForm()
    for term in expression.terms { form.terms.append((value(of: term.tensor, at: points), term.factor)) }
    form.constant = expression.constant
    form.indicator = Indicator(expression.constantDomain, over: expression.axes, at: points)
    return form
  }

  /// The number of the claim of a functional in a relation at a point.
  mutating func functional(_ term: LinearRelation.Term, at points: AxisPoints) -> Int {
    let tensor = term.tensor
    let space = IndexSpace(tensor.axes)
    func shift(_ axis: Axis) -> Int { space.field(named: axis.name)?.shift ?? 0 }
    switch term.functional {
    case .value:
      return value(of: tensor, at: points)
    case .sum(let name):
      return number(of: Claim(block: Block(tensor), point: points.point(of: tensor.axes, leavingOut: [name])))
    case .rotation(let table):
      let number = rotaryTables.firstIndex(of: table) ?? rotaryTables.count
      if number == rotaryTables.count { rotaryTables.append(table) }
      let weight = RotationWeight(
        table: number, positions: points.point(of: [table.positions]), half: points.point(of: [table.half])[0],
        pairs: points.point(of: [table.pairs]), positionShift: shift(table.positions), halfShift: shift(table.half),
        pairShift: shift(table.pairs))
      let left = [table.positions.name, table.half.name, table.pairs.name]
      return self.number(
        of: Claim(
          block: Block(tensor), point: points.point(of: tensor.axes, leavingOut: left), special: .rotation(weight)))
    case .selected(let selector, let rows, let axis):
      let weight = SelectionWeight(
        selector: selector, rows: points.point(of: [rows]), rowShift: space.field(named: rows.name)?.shift,
        axisShift: shift(axis))
      let point = points.point(of: tensor.axes, leavingOut: [rows.name, axis.name])
      return number(of: Claim(block: Block(tensor), point: point, special: .selection(weight)))
    }
  }
}

extension AxisPoints {
  /// The coordinates of a tensor with these axes, `all` for those left out; the other axes must have a point.
  func point(of axes: [Axis], leavingOut absent: [String] = []) -> [Coordinate] {
    axes.reversed().flatMap { axis -> [Coordinate] in
      guard !absent.contains(axis.name) else { return [Coordinate](repeating: .all, count: axis.logSize) }
      guard let point = self[axis.name] else { preconditionFailure("A validated statement names known axes.") }
      return point
    }
  }

  /// The points of axes laid out in an index space, with coordinates made from bit numbers.
  init(_ axes: [Axis], _ coordinate: (Int) -> Coordinate) {
    self.init()
    for field in IndexSpace(axes).fields {
      self[field.axis.name] = (field.shift..<field.shift + field.axis.logSize).map(coordinate)
    }
  }
}

extension Indicator {
  /// The indicator of a domain over `axes` at a point.
  init(_ domain: Domain, over axes: [Axis], at points: AxisPoints) {
    guard domain != .everywhere else { return }
    var bounded = axes
    if case .causal(let query, let key) = domain, let axis = axes.first(where: { $0.name == query }) {
      causal = Causal(
        query: points.point(of: [axis]), key: points.point(of: axes.filter { $0.name == key }),
        size: axis.isPadded ? axis.size : nil)
      bounded.removeAll { $0.name == query || $0.name == key }
    }
    prefixes = bounded.filter(\.isPadded).map { Prefix(size: $0.size, point: points.point(of: [$0])) }
  }
}
