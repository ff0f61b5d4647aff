//! A tree to its visible text, cut into passages at the borders of blocks, in document order.
//!
//! The walk keeps its own stack, because pages nest as deep as they like. It decides nothing about what counts beyond
//! what the settings wish; that is `classes`.

use dom_query::{NodeData, NodeId, Tree, TreeNode, local_name};

use super::attributes::{Gathering, append};
use super::place::{LONGEST, joined, step_of};
use super::roles::{Role, role_of};
use super::run::Run;
use super::selection::{Wish, Wishes};
use super::shown::{Block, Cut};
use super::{Class, Passage, PassageKind};

/// Cuts the visible text of a document into passages.
pub(super) fn cut(document: &dom_query::Document, wishes: &Wishes, selectors: usize) -> Cut {
    let Some(body) = document.body() else { return Cut::default() };
    let mut walk = Walk {
        tree: &document.tree,
        wishes,
        open: Vec::new(),
        block: 0,
        run: Run::default(),
        selected: vec![0; selectors],
        excluded: 0,
        links: 0,
        raised: 0,
        in_note: false,
        link_start: None,
        link_end: None,
        beside: Gathering::default(),
        cut: Cut {
            met: vec![false; selectors],
            blocks: vec![Block { outer: 0, step: String::new(), id: body.id }],
            ..Cut::default()
        },
    };
    walk.go(body.id);
    let rest = walk.beside.take();
    if let Some(last) = walk.cut.passages.last_mut() {
        append(last, rest);
    }
    walk.cut
}

struct Walk<'a> {
    tree: &'a Tree,
    wishes: &'a Wishes,
    open: Vec<Open>,
    /// The innermost open block.
    block: usize,
    run: Run,
    /// How many open elements each selector matches.
    selected: Vec<usize>,
    excluded: usize,
    /// How many open elements are links, and how many are raised.
    links: usize,
    raised: usize,
    /// Whether the open link is the mark of a note.
    in_note: bool,
    /// Where in the run the last link began, and where the last one ended.
    link_start: Option<usize>,
    link_end: Option<usize>,
    beside: Gathering,
    cut: Cut,
}

/// An element that the walk is in.
struct Open {
    id: NodeId,
    next: Option<NodeId>,
    role: Role,
    kind: PassageKind,
}

impl Walk<'_> {
    fn go(&mut self, body: NodeId) {
        let tree = self.tree;
        let mut at = Some(body);
        while let Some(id) = at {
            let below = tree.query_node(&id, |node| self.visit(node)).flatten();
            at = below.or_else(|| self.climb());
            self.cut.depth = self.cut.depth.max(self.open.len());
        }
    }

    /// Takes in a node; gives the node to visit next, or none at the end of an open element.
    fn visit(&mut self, node: &TreeNode) -> Option<NodeId> {
        match &node.data {
            NodeData::Text { contents } => self.text(contents),
            NodeData::Element(element) => {
                let role = role_of(element);
                match role {
                    Role::LeftOut => {}
                    Role::Break => self.line_break(),
                    Role::Picture => {
                        self.run.seam();
                        if element.name.local == local_name!("img") {
                            self.beside
                                .picture(element.attr_ref(local_name!("alt")).unwrap_or_default());
                        }
                    }
                    _ => {
                        self.enter(node, role);
                        return node.first_child;
                    }
                }
            }
            _ => {}
        }
        node.next_sibling
    }

    /// Leaves open elements until one has a next sibling.
    fn climb(&mut self) -> Option<NodeId> {
        while let Some(open) = self.open.pop() {
            self.leave(&open);
            if !self.open.is_empty() && open.next.is_some() {
                return open.next;
            }
        }
        None
    }

    fn kind(&self) -> PassageKind {
        self.open.last().map_or(PassageKind::Paragraph, |open| open.kind)
    }

    fn text(&mut self, text: &str) {
        let start = self.run.len();
        if self.kind() == PassageKind::Preformatted {
            self.run.push_preformatted(text);
        } else {
            self.run.push(text);
        }
        if self.links > 0 {
            self.run.link_since(start);
        }
    }

    fn line_break(&mut self) {
        match self.kind() {
            PassageKind::Preformatted => self.run.push_preformatted("\n"),
            PassageKind::TableRow => self.run.line(),
            kind if self.run.ends_in_line() => self.end_passage(kind),
            _ => self.run.line(),
        }
    }

    fn enter(&mut self, node: &TreeNode, role: Role) {
        let wishes = self.wishes.about(node.id);
        let outer = self.kind();
        if !wishes.is_empty() {
            self.end_passage(outer);
        }
        for (_, wish) in wishes {
            match wish {
                Wish::Select(number) => self.selected[*number] += 1,
                Wish::Exclude => self.excluded += 1,
            }
        }
        let kind = self.inner_kind(node.id, role, outer);
        if is_block(role) {
            self.border(role, outer, outer);
            if !self.open.is_empty() {
                let outer = std::mem::replace(&mut self.block, self.cut.blocks.len());
                self.cut.blocks.push(Block { outer, step: String::new(), id: node.id });
            }
        }
        if let (Role::Link, NodeData::Element(link)) = (role, &node.data) {
            self.beside.open(link.attr_ref(local_name!("href")), &self.run);
        }
        self.enter_line(role);
        self.open.push(Open { id: node.id, next: node.next_sibling, role, kind });
    }

    /// Words that touch are one, unless an element in the line says otherwise.
    fn enter_line(&mut self, role: Role) {
        let here = self.run.len();
        match role {
            Role::Link => {
                self.in_note = self.raised > 0;
                if self.link_end == Some(here) || self.in_note {
                    self.run.seam();
                }
                self.links += 1;
                self.link_start = Some(here);
            }
            Role::Raised => {
                if self.links > 0 && self.link_start == Some(here) {
                    self.in_note = true;
                    self.run.seam();
                }
                self.raised += 1;
            }
            Role::Beside => self.run.seam(),
            _ => {}
        }
    }

    fn leave_line(&mut self, role: Role) {
        match role {
            Role::Link => {
                self.beside.close(&self.run);
                self.links -= 1;
                self.link_end = Some(self.run.len());
                if std::mem::take(&mut self.in_note) {
                    self.run.seam();
                }
            }
            Role::Raised => self.raised -= 1,
            Role::Beside => self.run.seam(),
            _ => {}
        }
    }

    fn leave(&mut self, open: &Open) {
        let wishes = self.wishes.about(open.id);
        let outer = self.kind();
        if is_block(open.role) {
            self.border(Role::Block, outer, open.kind);
        }
        if !wishes.is_empty() {
            self.end_passage(open.kind);
        }
        if is_block(open.role) && !self.open.is_empty() {
            self.block = self.cut.blocks[self.block].outer;
        }
        for (_, wish) in wishes {
            match wish {
                Wish::Select(number) => self.selected[*number] -= 1,
                Wish::Exclude => self.excluded -= 1,
            }
        }
        self.leave_line(open.role);
    }

    fn inner_kind(&self, id: NodeId, role: Role, outer: PassageKind) -> PassageKind {
        match role {
            Role::Kind(kind) => kind,
            Role::Row if is_plain_row(self.tree, id) => PassageKind::TableRow,
            Role::Row => PassageKind::Paragraph,
            Role::Cell if outer != PassageKind::TableRow => PassageKind::Paragraph,
            _ => outer,
        }
    }

    /// Blocks part passages; inside a table row they only part words.
    fn border(&mut self, role: Role, outer: PassageKind, before: PassageKind) {
        if outer == PassageKind::Preformatted && before == outer && role == Role::Block {
            self.run.end_line();
        } else if outer != PassageKind::TableRow {
            self.end_passage(before);
        } else if role == Role::Cell {
            self.run.cell();
        } else {
            self.run.space();
        }
    }

    fn end_passage(&mut self, kind: PassageKind) {
        (self.link_start, self.link_end) = (None, None);
        self.beside.part(&self.run);
        let Some(gathered) = self.run.take() else { return self.leave_beside() };
        let class = self.class();
        let place = self.place();
        let attributes = self.beside.take();
        self.cut.passages.push(Passage { kind, class, place, text: gathered.text, attributes });
        self.cut.linked.push(gathered.linked);
        self.cut.within.push(self.block);
    }

    /// A picture without words belongs to the passage before it, if both stand in one block; else to the next.
    fn leave_beside(&mut self) {
        let (Some(last), Some(within)) = (self.cut.passages.last_mut(), self.cut.within.last())
        else {
            return;
        };
        let outer = |block: usize| self.cut.blocks[block].outer;
        let around = [self.block, outer(self.block)];
        if around.contains(within) || around.contains(&outer(*within)) {
            append(last, self.beside.take());
        }
    }

    /// The path of the blocks from the body down, at most the last few. Their steps are written when text needs them.
    fn place(&mut self) -> String {
        let mut at = self.block;
        let mut path = Vec::with_capacity(LONGEST);
        while at > 0 {
            if path.len() < LONGEST {
                path.push(at);
            } else if !self.cut.blocks[at].step.is_empty() {
                break;
            }
            if self.cut.blocks[at].step.is_empty() {
                self.cut.blocks[at].step = step_of(self.tree, self.cut.blocks[at].id);
            }
            at = self.cut.blocks[at].outer;
        }
        joined(path.iter().rev().map(|at| self.cut.blocks[*at].step.as_str()))
    }

    fn class(&mut self) -> Class {
        if self.excluded > 0 {
            return Class::Unselected;
        }
        for (met, open) in self.cut.met.iter_mut().zip(&self.selected) {
            *met |= *open > 0;
        }
        let undecided = self.selected.is_empty();
        match self.selected.iter().any(|open| *open > 0) {
            true => Class::Main,
            false if undecided => Class::Furniture,
            false => Class::Unselected,
        }
    }
}

fn is_block(role: Role) -> bool {
    matches!(role, Role::Block | Role::Kind(_) | Role::Row | Role::Cell)
}

/// Whether a row's cells hold no more than a line or two each. Old pages lay out whole columns in one row.
fn is_plain_row(tree: &Tree, row: NodeId) -> bool {
    let Some(row) = tree.get(&row) else { return false };
    let mut blocks = 0;
    row.descendants_it().all(|node| {
        match node.element_ref().map_or(Role::Inline, |element| role_of(&element)) {
            Role::Cell => blocks = 0,
            Role::Block => blocks += 1,
            Role::Kind(_) | Role::Row => return false,
            _ => {}
        }
        blocks < 4
    })
}
