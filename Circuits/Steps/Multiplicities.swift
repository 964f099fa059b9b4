import Algebra
import Arguments

extension StepCircuit {
  /// Counts how often each table entry is looked up by `values`, the recursion's digits included, and stores the
  /// counts; throws `outsideTable` or `wrongTableOutput` for what no table has.
  package func countLookups(in values: inout StepValues) throws {
    let tables = TableIndex(statement.tables)
    var counts = [Int64](repeating: 0, count: statement.tables.ids.count)
    for lookup in statement.lookups {
      if lookup.input.terms.count == 1 {
        try LookupColumn(lookup).count(in: values.values, tables: tables, into: &counts)
      } else {
        try LookupSum(lookup).count(in: values.values, tables: tables, into: &counts)
      }
    }
    values.values.replaceSubrange(
      statement.multiplicities.offset..<statement.multiplicities.offset + counts.count, with: counts)
  }
}

/// Where each table stands in the list of tables; its inputs ascend by 1.
private struct TableIndex {
  /// The list.
  let tables: LookupTables
  /// By table id: the entries and the input of the first.
  private(set) var places: [Int: (entries: Range<Int>, firstInput: Int64)] = [:]

  init(_ tables: LookupTables) {
    self.tables = tables
    var start = 0
    while start < tables.ids.count {
      let id = tables.ids[start]
      let end = tables.ids[start...].firstIndex { $0 != id } ?? tables.ids.count
      places[Int(id)] = (start..<end, Int64(tables.inputs[start]))
      start = end
    }
  }
}

/// A lookup, at all real indices, of a sum of tensors, some of them repeated along axes they lack.
private struct LookupSum {
  private let lookup: Lookup
  private let space: IndexSpace
  private let terms: [(tensor: Tensor, factor: Int64, projection: Projection)]

  init(_ lookup: Lookup) {
    precondition(
      lookup.domain == .real && lookup.output == nil && lookup.input.constant.isZero,
      "a sum is looked up in a range, at all real indices")
    let space = IndexSpace(lookup.input.axes)
    self.lookup = lookup
    self.space = space
    terms = lookup.input.terms.map { term in
      guard let factor = term.factor.smallInteger else { preconditionFailure("small factors") }
      return (term.tensor, factor, space.projection(to: term.tensor.axes))
    }
  }

  /// Adds the column's lookups to the counts of table entries.
  func count(in values: [Int64], tables: TableIndex, into counts: inout [Int64]) throws {
    guard let table = tables.places[lookup.table] else { preconditionFailure("table \(lookup.table) exists") }
    let padded = space.fields.filter { $0.axis.size != 1 << $0.axis.logSize }
    for index in 0..<space.count where padded.allSatisfy({ $0.index(in: index) < $0.axis.size }) {
      var number: Int64 = 0
      for term in terms {
        let (multiple, overflow) = values[term.tensor.offset + term.projection(index)]
          .multipliedReportingOverflow(by: term.factor)
        number = overflow ? .min : number &+ multiple
      }
      let place = number &- table.firstInput
      guard place >= 0 && place < table.entries.count else {
        throw CircuitError.outsideTable(lookup: label, input: number, table: lookup.table)
      }
      counts[table.entries.lowerBound + Int(place)] &+= 1
    }
  }

  /// The names of the tensors, with their signs.
  private var label: String {
    terms.map { ($0.factor < 0 ? "- " : "+ ") + $0.tensor.name }.joined(separator: " ")
  }
}

/// A lookup of factor * tensor + shift, and perhaps a second tensor as output: all other lookups of this target.
private struct LookupColumn {
  private let lookup: Lookup
  private let input: Tensor
  private let factor: Int64
  private let shift: Int64
  private let output: Tensor?
  /// Consecutive entries that are looked up together, and the axes outside them, fastest first.
  private let runLength: Int
  private let outer: [(size: Int, stride: Int)]
  /// Whether a run ends at the index of the first outer axis.
  private let isCausal: Bool

  init(_ lookup: Lookup) {
    guard
      lookup.input.terms.count == 1, let factor = lookup.input.terms[0].factor.smallInteger,
      let shift = lookup.input.constant.smallInteger,
      lookup.input.axes == lookup.input.terms[0].tensor.axes, lookup.output?.terms.count ?? 1 == 1
    else { preconditionFailure("a lookup reads one tensor") }
    self.lookup = lookup
    self.factor = factor
    self.shift = shift
    input = lookup.input.terms[0].tensor
    output = lookup.output?.terms[0].tensor

    var axes = input.axes[...]
    var (run, stride) = (1, 1)
    func size(_ axis: Axis) -> Int { lookup.domain == .everywhere ? 1 << axis.logSize : axis.size }
    if case .causal(let query, let key) = lookup.domain {
      precondition(axes.suffix(2).map(\.name) == [query, key], "keys come last, after the queries that look at them")
      isCausal = true
    } else {
      isCausal = false
    }
    // Axes without padding join the run of those behind them.
    while run == stride, let axis = axes.last, !(isCausal && axes.count < input.axes.count) {
      run *= size(axis)
      stride <<= axis.logSize
      axes = axes.dropLast()
    }
    runLength = run
    outer = axes.reversed().map { axis in
      defer { stride <<= axis.logSize }
      return (size(axis), stride)
    }
  }

  /// Adds the column's lookups to the counts of table entries.
  func count(in values: [Int64], tables: TableIndex, into counts: inout [Int64]) throws {
    guard let table = tables.places[lookup.table] else { preconditionFailure("table \(lookup.table) exists") }
    let outputs = tables.tables.outputs
    let rows = outer.reduce(1) { $0 * $1.size }
    for row in 0..<rows {
      for index in run(row) {
        let (multiple, overflow) = values[input.offset + index].multipliedReportingOverflow(by: factor)
        let number = overflow ? .min : multiple &+ shift
        let place = number &- table.firstInput
        guard place >= 0 && place < table.entries.count else {
          throw CircuitError.outsideTable(lookup: input.name, input: number, table: lookup.table)
        }
        let entry = table.entries.lowerBound + Int(place)
        counts[entry] &+= 1
        if let output, values[output.offset + index] != Int64(outputs[entry]) {
          throw CircuitError.wrongTableOutput(
            lookup: output.name, input: number, output: values[output.offset + index])
        }
      }
    }
  }

  /// The flat indices that lie in the lookup's domain, in a row of the axes outside the runs.
  private func run(_ row: Int) -> Range<Int> {
    var (rest, place, length) = (row, 0, runLength)
    for (number, axis) in outer.enumerated() {
      let (quotient, index) = rest.quotientAndRemainder(dividingBy: axis.size)
      if isCausal && number == 0 { length = min(length, index + 1) }
      place += index * axis.stride
      rest = quotient
    }
    return place..<place + length
  }
}
