import Algebra
import Arguments
import Support

/// A small step with one of everything the vocabulary can say, and data that makes it true.
struct Fixture {
  var statement: StepStatement
  var data: StepData
  var selectors: [String: [Int]]
  var layout: BlockLayout

  var checker: StatementChecker { StatementChecker(statement, data: data, selectors: selectors) }
}

struct FixtureSizes {
  var tokens = 3
  var channels = 5
  var outputs = 3
  var heads = 3
  var pairs = 3
  var vocabulary = 6
}

/// Hands out aligned blocks of segments and keeps their data.
struct FixtureBuilder {
  var entries: [Segment: [Int64]] = [.input: [], .output: [], .weights: [], .values: []]
  var largestLogs: [Segment: Int] = [:]

  mutating func add(_ name: String, _ axes: [Axis], in segment: Segment = .values, _ data: [Int64]) -> Tensor {
    let count = 1 << axes.reduce(0) { $0 + $1.logSize }
    precondition(data.count == count)
    var stored = entries[segment] ?? []
    let offset = (stored.count + count - 1) / count * count
    stored += [Int64](repeating: 0, count: offset - stored.count)
    stored += data
    entries[segment] = stored
    let tensor = Tensor(name, axes, in: segment, at: offset)
    largestLogs[segment] = max(largestLogs[segment] ?? 0, tensor.logSize)
    return tensor
  }

  mutating func set(_ tensor: Tensor, _ data: [Int64]) {
    entries[tensor.segment]?.replaceSubrange(tensor.offset..<tensor.offset + tensor.count, with: data)
  }

  func data(_ tables: LookupTables) -> StepData {
    StepData(
      input: .int64(entries[.input] ?? []), output: .int64(entries[.output] ?? []),
      weights: .int16((entries[.weights] ?? []).map { Int16($0) }), values: .int64(entries[.values] ?? []),
      tables: tables)
  }

  func layout(chunkLog: Int, tables: LookupTables) -> BlockLayout {
    let tableLog = IndexSpace([tables.entries]).logSize
    return BlockLayout(
      chunkLog: chunkLog,
      entries: Segment.allCases.map { $0 == .tables ? 3 << tableLog : max(1, entries[$0]?.count ?? 0) },
      largestLogs: Segment.allCases.map { $0 == .tables ? tableLog : largestLogs[$0] ?? 0 })
  }
}

/// The tables of the fixture: 1 = [0, 4), 2 = [-64, 64), 3 = squares of [-8, 8).
func fixtureTables() -> LookupTables {
  var tuples = (0..<4).map { (Int32(1), Int32($0), Int32(0)) }
  tuples += (-64..<64).map { (2, Int32($0), 0) }
  tuples += (-8..<8).map { (3, Int32($0), Int32($0 * $0)) }
  tuples += [(Int32, Int32, Int32)](repeating: (0, 0, 0), count: 256 - tuples.count)
  return LookupTables(ids: tuples.map(\.0), inputs: tuples.map(\.1), outputs: tuples.map(\.2))
}

func scalar(_ value: Int) -> ScalarField { ScalarField(value) }

extension Fixture {
  init(_ sizes: FixtureSizes = FixtureSizes(), seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    func random(_ axes: [Axis], _ range: ClosedRange<Int64>) -> [Int64] {
      (0..<IndexSpace(axes).count).map { _ in Int64.random(in: range, using: &generator) }
    }
    func over(_ axes: [Axis], _ value: ([Int]) -> Int64) -> [Int64] {
      let space = IndexSpace(axes)
      return (0..<space.count).map { value(space.indices($0)) }
    }
    let token = Axis("token", sizes.tokens), query = Axis("query", sizes.tokens), key = Axis("key", sizes.tokens)
    let channel = Axis("channel", sizes.channels), output = Axis("output", sizes.outputs)
    let head = Axis("head", sizes.heads), half = Axis("half", 2), pair = Axis("pair", sizes.pairs)
    let vocabulary = Axis("vocabulary", sizes.vocabulary)
    let tables = fixtureTables()
    var builder = FixtureBuilder()
    var statement = StepStatement(
      tables: tables,
      multiplicities: builder.add("multiplicities", [tables.entries], .init(repeating: 0, count: tables.ids.count)))
    func at(_ axes: [Axis], _ data: [Int64], _ indices: Int...) -> Int64 {
      data[IndexSpace(axes).fields.enumerated().reduce(0) { $0 | indices[$1.offset] << $1.element.shift }]
    }
    func real(_ axes: [Axis], _ indices: [Int]) -> Bool { zip(axes, indices).allSatisfy { $1 < $0.size } }

    // A rescaled projection with hidden entries in the padding of both factors.
    let x = random([token, channel], -4...3), w = random([output, channel], -3...3)
    let xTensor = builder.add("x", [token, channel], in: .input, x)
    let wTensor = builder.add("w", [output, channel], in: .weights, w)
    let accumulated = over([token, output]) { i in
      (0..<channel.size).reduce(0) { $0 + at([token, channel], x, i[0], $1) * at([output, channel], w, i[1], $1) }
        + (real([token, output], i) ? 2 : 0)
    }
    let yTensor = builder.add("y", [token, output], in: .output, accumulated.map { $0 >> 2 })
    let remainder = builder.add("remainder", [token, output], accumulated.map { $0 & 3 })
    statement.products.append(
      Product(
        "projection",
        result: Expression(
          axes: [token, output], terms: [.init(yTensor, times: scalar(4)), .init(remainder)], constant: scalar(-2),
          on: .real),
        left: Expression(xTensor), right: Expression(wTensor)))
    // The same product times a scale.
    let unscaled = over([token, output]) { i in
      (0..<channel.size).reduce(0) { $0 + at([token, channel], x, i[0], $1) * at([output, channel], w, i[1], $1) }
    }
    let scale = builder.add("scale", [], in: .weights, [-7])
    let timesScale = builder.add("scaled projection", [token, output], unscaled.map { -7 * $0 })
    statement.products.append(
      Product(
        "scaled projection", result: Expression(timesScale), left: Expression(xTensor), right: Expression(wTensor),
        scale: scale))
    statement.lookups.append(Lookup(table: 2, input: Expression(xTensor)))
    statement.lookups.append(Lookup(table: 2, input: Expression(yTensor)))
    statement.lookups.append(Lookup(table: 1, input: Expression(remainder), on: .everywhere))
    // A function of an expression.
    let squares = builder.add("squares", [token, channel], x.map { ($0 + 1) * ($0 + 1) })
    statement.lookups.append(
      Lookup(
        table: 3, input: Expression(axes: [token, channel], terms: [.init(xTensor)], constant: .one, on: .everywhere),
        output: Expression(squares), on: .real))

    // Attention: scores, a maximum, a causal product with broadcast, a causal contraction, row sums.
    let qAxes = [head, query, channel], kAxes = [head, key, channel], sAxes = [head, query, key]
    let q = random(qAxes, -3...3), k = random(kAxes, -3...3)
    let qTensor = builder.add("q", qAxes, q)
    let kTensor = builder.add("k", [head, token, channel], k).renamed(["token": "key"])
    let s = over(sAxes) { i in
      (0..<channel.size).reduce(0) { $0 + at(qAxes, q, i[0], i[1], $1) * at(kAxes, k, i[0], i[2], $1) }
    }
    let sTensor = builder.add("s", sAxes, s)
    statement.products.append(
      Product("scores", result: Expression(sTensor), left: Expression(qTensor), right: Expression(kTensor)))
    let m = over([head, query]) { i in (0...min(i[1], key.size - 1)).map { at(sAxes, s, i[0], i[1], $0) }.max() ?? 0 }
    let mTensor = builder.add("m", [head, query], m)
    let pinned = builder.add("pinned", sAxes, .init(repeating: 0, count: s.count))
    statement.zeros.append(
      ZeroInRow(
        rows: [head, query], values: Expression(mTensor, over: sAxes).adding(sTensor, times: scalar(-1)),
        multiplicities: pinned, on: .causal(query: "query", key: "key")))
    let isVisible = { (i: [Int]) in i[2] <= i[1] && real(sAxes, i) }
    let a = zip(random(sAxes, -5...5), over(sAxes) { isVisible($0) ? 0 : 1000 }).map { $0 + $1 }
    let b = random([key], -5...5)
    let aTensor = builder.add("a", sAxes, a), bTensor = builder.add("b", [key], b)
    let e = over(sAxes) { i in
      i[2] <= i[1] ? at(sAxes, a, i[0], i[1], i[2]) * (b[i[2]] + (real(sAxes, i) ? 1 : 0)) : 0
    }
    let eTensor = builder.add("e", sAxes, e)
    statement.products.append(
      Product(
        "masked", result: Expression(eTensor), left: Expression(aTensor),
        right: Expression(axes: sAxes, terms: [.init(bTensor)], constant: .one, on: .real),
        mask: .causal(query: "query", key: "key")))
    statement.lookups.append(Lookup(table: 2, input: Expression(aTensor), on: .causal(query: "query", key: "key")))
    let v = random(kAxes, -3...3)
    let vTensor = builder.add("v", kAxes, v)
    let uAxes = [query, head, channel]
    let u = over(uAxes) { i in
      (0..<key.size).reduce(0) {
        $1 <= i[0] ? $0 + at(sAxes, e, i[1], i[0], $1) * at(kAxes, v, i[1], $1, i[2]) : $0
      }
    }
    let uTensor = builder.add("u", uAxes, u)
    statement.products.append(
      Product(
        "weighted", result: Expression(uTensor), left: Expression(eTensor),
        right: Expression(vTensor, over: [head, query, key, channel]),
        mask: .causal(query: "query", key: "key")))
    let sums = over([head, query]) { i in (0..<1 << key.logSize).reduce(0) { $0 + at(sAxes, e, i[0], i[1], $1) } }
    let sumTensor = builder.add("sums", [head, query], sums)
    statement.relations.append(
      LinearRelation(
        "row sums", over: [head, query],
        [.init(sumTensor, times: scalar(3)), .init(eTensor, .sum(over: "key"), times: scalar(-3))]))

    // The same mask with the query contracted, and with both contracted.
    let columns = over([key, head, channel]) { i in
      (0..<query.size).reduce(0) {
        i[0] <= $1 ? $0 + at(sAxes, a, i[1], $1, i[0]) * at(qAxes, q, i[1], $1, i[2]) : $0
      }
    }
    let columnTensor = builder.add("columns", [key, head, channel], columns)
    statement.products.append(
      Product(
        "columns", result: Expression(columnTensor), left: Expression(aTensor),
        right: Expression(qTensor, over: [head, query, key, channel]), mask: .causal(query: "query", key: "key")))
    let totals = over([head]) { i in
      (0..<query.size).reduce(0) { total, row in
        (0...row).reduce(total) { $0 + at(sAxes, a, i[0], row, $1) * b[$1] }
      }
    }
    let totalTensor = builder.add("totals", [head], totals)
    statement.products.append(
      Product(
        "totals", result: Expression(totalTensor), left: Expression(aTensor),
        right: Expression(bTensor, over: [query, key]), mask: .causal(query: "query", key: "key")))

    // Constants of factors on domains whose axes are free.
    let biased = over([token, output]) { i in
      (0..<channel.size).reduce(0) {
        $0 + (at([token, channel], x, i[0], $1) + (i[0] < token.size ? 5 : 0))
          * (at([output, channel], w, i[1], $1) + 2)
      }
    }
    let biasedTensor = builder.add("biased", [token, output], biased)
    statement.products.append(
      Product(
        "biased", result: Expression(biasedTensor),
        left: Expression(axes: [token, channel], terms: [.init(xTensor)], constant: scalar(5), on: .real),
        right: Expression(axes: [output, channel], terms: [.init(wTensor)], constant: scalar(2), on: .everywhere)))
    let g = random([key, channel], -3...3)
    let gTensor = builder.add("g", [key, channel], g)
    let visible = over([query, channel]) { i in
      (0..<key.size).reduce(0) {
        $0 + (b[$1] + ($1 <= i[0] && i[0] < query.size ? 3 : 0)) * at([key, channel], g, $1, i[1])
      }
    }
    let visibleTensor = builder.add("visible", [query, channel], visible)
    statement.products.append(
      Product(
        "visible", result: Expression(visibleTensor),
        left: Expression(
          axes: [query, key], terms: [.init(bTensor)], constant: scalar(3), on: .causal(query: "query", key: "key")),
        right: Expression(gTensor)))

    // Squares summed over an axis, through a broadcast factor.
    let norm = over([token]) { i in
      (0..<channel.size).reduce(0) { $0 + at([token, channel], x, i[0], $1) * at([token, channel], x, i[0], $1) }
    }
    let normTensor = builder.add("norm", [token], norm)
    statement.products.append(
      Product("norm", result: Expression(normTensor), left: Expression(xTensor), right: Expression(xTensor)))
    let scaled = over([token, channel]) { i in at([token, channel], x, i[0], i[1]) * norm[i[0]] }
    let scaledTensor = builder.add("scaled", [token, channel], scaled)
    statement.products.append(
      Product("scaling", result: Expression(scaledTensor), left: Expression(xTensor), right: Expression(normTensor)))

    // Rotary embedding.
    let rotated = [head, token, half, pair]
    let table = RotaryTable(
      positions: token, half: half, pairs: pair,
      cosines: (0..<token.size * pair.size).map { _ in Int32.random(in: -9...9, using: &generator) },
      sines: (0..<token.size * pair.size).map { _ in Int32.random(in: -9...9, using: &generator) })
    let before = random(rotated, -9...9)
    let after = over(rotated) { i in
      guard i[1] < token.size, i[3] < pair.size else { return 0 }
      let place = i[1] * pair.size + i[3]
      let (cosine, sine) = (Int64(table.cosines[place]), Int64(table.sines[place]))
      let (low, high) = (at(rotated, before, i[0], i[1], 0, i[3]), at(rotated, before, i[0], i[1], 1, i[3]))
      return i[2] == 0 ? cosine * low - sine * high : cosine * high + sine * low
    }
    let beforeTensor = builder.add("before", rotated, before), afterTensor = builder.add("after", rotated, after)
    statement.relations.append(
      LinearRelation(
        "rotation", over: rotated,
        [.init(afterTensor, times: .one), .init(beforeTensor, .rotation(table), times: scalar(-1))]))

    // Selected rows and a comparison with the selected index.
    let chosen = (0..<token.size).map { _ in Int.random(in: 0..<vocabulary.size, using: &generator) }
    statement.selectors["chosen"] = Selector(rows: token, axis: vocabulary)
    let embedding = random([vocabulary, channel], -5...5)
    let embeddingTensor = builder.add("embedding", [vocabulary, channel], in: .weights, embedding)
    let h = over([token, channel]) { i in
      i[0] < token.size ? at([vocabulary, channel], embedding, chosen[i[0]], i[1]) : 0
    }
    let hTensor = builder.add("h", [token, channel], h)
    let selection = Functional.selected(selector: "chosen", rows: token, axis: vocabulary)
    statement.relations.append(
      LinearRelation(
        "embedding", over: [token, channel],
        [.init(hTensor, times: .one), .init(embeddingTensor, selection, times: scalar(-1))]))
    let logits = over([token, vocabulary]) { i in
      (0..<channel.size).reduce(0) {
        $0 + at([token, channel], h, i[0], $1) * at([vocabulary, channel], embedding, i[1], $1)
      }
    }
    let base = over([token]) { i in i[0] < token.size ? at([token, vocabulary], logits, i[0], chosen[i[0]]) : 0 }
    let gap = over([token, vocabulary]) { i in
      base[i[0]] - at([token, vocabulary], logits, i[0], i[1]) + (i[0] < token.size && i[1] < chosen[i[0]] ? 7 : 0)
    }
    let baseTensor = builder.add("base", [token], base), gapTensor = builder.add("gap", [token, vocabulary], gap)
    statement.products.append(
      Product(
        "gap", result: Expression(baseTensor, over: [token, vocabulary]).adding(gapTensor, times: scalar(-1)),
        selectorTerm: SelectorTerm(selector: "chosen", rows: token, axis: vocabulary, factor: scalar(7)),
        left: Expression(hTensor), right: Expression(embeddingTensor)))
    statement.relations.append(
      LinearRelation("no gap", over: [token], [.init(gapTensor, selection, times: .one)]))

    // Constants on domains.
    let shifted = over([query, key]) { i in b[i[1]] - (i[1] <= i[0] && real([query, key], i) ? 3 : 0) }
    let shiftedTensor = builder.add("shifted", [query, key], shifted)
    statement.relations.append(
      LinearRelation(
        "shift", over: [query, key], [.init(shiftedTensor, times: .one), .init(bTensor, times: scalar(-1))],
        constant: scalar(3), on: .causal(query: "query", key: "key")))

    // What serves whom.
    var fixture = Fixture(
      statement: statement, data: builder.data(tables), selectors: ["chosen": chosen],
      layout: builder.layout(chunkLog: 5, tables: tables))
    builder.set(pinned, fixture.checker.zeroMultiplicities(statement.zeros[0]))
    if let counts = try? fixture.checker.lookupCounts() { builder.set(statement.multiplicities, counts) }
    fixture.data = builder.data(tables)
    self = fixture
  }
}
